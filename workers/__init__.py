"""What happens by itself: looks at the clock, deliveries, and the sweep behind them."""
