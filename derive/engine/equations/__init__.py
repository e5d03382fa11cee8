"""Is a = b everywhere? The cascade of means, regions between kinks, all activation patterns at once, sums part by part."""
