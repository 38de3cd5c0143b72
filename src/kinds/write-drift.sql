-- Quartiles over episodes, between neighbours by linear interpolation; quantiles need no order of rows to be the same.
SELECT
  k,
  steps,
  tensor,
  quantile_cont(norm_before, 0.5) AS norm_before_median,
  quantile_cont(norm_after, 0.25) AS norm_after_lower,
  quantile_cont(norm_after, 0.5) AS norm_after_median,
  quantile_cont(norm_after, 0.75) AS norm_after_upper,
  quantile_cont(norm_of_change, 0.25) AS norm_of_change_lower,
  quantile_cont(norm_of_change, 0.5) AS norm_of_change_median,
  quantile_cont(norm_of_change, 0.75) AS norm_of_change_upper,
  count(*) AS episodes
FROM $drift
GROUP BY k, steps, tensor
