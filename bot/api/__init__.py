"""Jobs from other systems, by HTTP, and what these are told of them."""
