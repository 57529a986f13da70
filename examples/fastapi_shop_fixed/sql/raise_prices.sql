-- Prices went up by five percent.
UPDATE products SET price_cents = price_cents * 105 / 100 WHERE price_cents > 0;
