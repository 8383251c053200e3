"""What is read of AWS Organizations. How a request is signed and sent is the caller's: an `Ask`."""
