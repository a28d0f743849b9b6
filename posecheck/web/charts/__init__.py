"""Charts that are drawn in the browser, by uPlot, which comes along in ``static/uplot``."""
