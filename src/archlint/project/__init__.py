"""The linked project: what names refer to, what expressions evaluate to, and where calls happen."""
