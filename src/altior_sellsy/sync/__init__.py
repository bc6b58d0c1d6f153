"""The engine, the same for all kinds. Pure: fields, plan, policy. Acting: observe, apply, drain, scan, initialise."""
