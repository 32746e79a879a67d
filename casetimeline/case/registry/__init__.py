"""Many cases in one table: checked and derived shard by shard, or simulated to try a registry of any size."""
