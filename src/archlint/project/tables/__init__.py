"""What rules ask of tables: who declares them, which indexes serve which columns, what names tell, who reads them."""
