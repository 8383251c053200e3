"""What provisioning shows and takes as JSON, by resource."""
