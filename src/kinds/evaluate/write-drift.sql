-- Quartiles over episodes, which all start from the same parameters; quantiles are the same in any order of rows.
SELECT
  k,
  steps,
  tensor,
  min(norm_before) AS norm_before,
  quantile_cont(norm_after, 0.25) AS norm_after_lower,
  quantile_cont(norm_after, 0.5) AS norm_after_median,
  quantile_cont(norm_after, 0.75) AS norm_after_upper,
  quantile_cont(norm_of_change, 0.25) AS norm_of_change_lower,
  quantile_cont(norm_of_change, 0.5) AS norm_of_change_median,
  quantile_cont(norm_of_change, 0.75) AS norm_of_change_upper,
  count(*) AS episodes
FROM $drift
GROUP BY k, steps, tensor
