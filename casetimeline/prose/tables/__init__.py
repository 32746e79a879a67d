"""Tables that a manuscript or a notebook prints, and the sentences that go with them."""
