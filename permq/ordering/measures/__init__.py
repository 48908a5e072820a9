"""Numbers per block that go with its depth; each measure is (blocks) -> (L,) by input layer."""
