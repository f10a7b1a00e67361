"""What is known of picture files before they are decoded: their kinds, what decoding costs, what is left out."""
