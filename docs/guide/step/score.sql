STEP band IN ('A', 'B', 'C') DEFAULT 'C' FUEL 600;
SELECT CASE WHEN pay_0 < -1 THEN -2 WHEN pay_0 < 0 THEN -1 WHEN pay_0 < 1 THEN 0 WHEN pay_0 < 2 THEN 1 ELSE 2 END AS september,
       CASE WHEN pay_2 < -1 THEN -2 WHEN pay_2 < 0 THEN -1 WHEN pay_2 < 1 THEN 0 WHEN pay_2 < 2 THEN 1 ELSE 2 END AS august,
       education
FROM credit_default
WHERE sid = :subject
