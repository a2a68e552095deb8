"""What a user brings: tables read, joined, geocoded, counted and coloured; own areas, own gazetteers."""
