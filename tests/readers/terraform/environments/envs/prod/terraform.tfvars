size = "db.r6g.large"
