"""Keeps the Altior ERP and the Sellsy CRM of a company in step, both ways, and explains each decision."""

__version__ = "0.1.0"
