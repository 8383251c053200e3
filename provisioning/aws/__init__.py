"""Talks to AWS: the only importer of boto3 and botocore. Knows no Django; settings come in as `AwsSettings`."""
