"""Where cameras stand and why: sites, cameras, DPIAs."""
