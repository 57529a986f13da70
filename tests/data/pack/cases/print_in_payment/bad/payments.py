def pay():
    print("paid")  # expect: ACME101 "no auditor reads"
