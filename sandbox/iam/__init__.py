"""IAM as AWS answers it, over moto's own objects."""
