def pay(audit):
    audit.info("paid")
