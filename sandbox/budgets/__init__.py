"""AWS Budgets as AWS answers it. moto has too little of it to build on, so the state is the sandbox's own."""
