/** Prometheus metrics of a server, and an endpoint of their own for them. */
export { createPrometheusMetrics, type PrometheusMetrics } from './prometheusMetrics.ts';
export { serveMetrics } from './serveMetrics.ts';
