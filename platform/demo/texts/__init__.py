"""What the demo's pages say. Data: words in HTML, as an editor would have written them."""
