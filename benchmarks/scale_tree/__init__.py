"""Trees of generated services, of any size: `tree` has the packages and their files, the others what stands in them."""
