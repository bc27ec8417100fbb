"""What time does: alerts that become due, rows that were kept long enough, orders derived anew, counts verified."""
