"""What Django signs: values, cookies, and sessions in both."""
