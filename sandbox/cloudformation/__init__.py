"""Deploys small CloudFormation templates of IAM resources, so that the shipped ones are what is tested."""
