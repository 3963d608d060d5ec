"""The workshop: data sets in, networks out. The only home of torch."""
