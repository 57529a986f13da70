-- Nothing was due while the library was closed.
UPDATE catalog_loan SET due_on = CURRENT_DATE + 14;
