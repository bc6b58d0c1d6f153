"""Scheduling on PostgreSQL through procrastinate: one drain per environment, the tick, the rescue, the feed."""
