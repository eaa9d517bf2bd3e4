"""What each of us and the public see: home, transparency. Reads all, writes only its own releases."""
