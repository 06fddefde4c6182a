"""The command line, `hocba`: what a person types to run, check and measure the platform on one machine."""
