"""What is shown to people: text tables, HTML, a report in one file, the terminal."""
