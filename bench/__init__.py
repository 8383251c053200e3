"""The benchmarks: each compares with a peer that runs in the same command on the same machine."""
