"""Running the suite on one machine: its servers, its services, its tokens and its command line."""
