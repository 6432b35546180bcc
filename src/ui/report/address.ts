/** Address of the report page for an entry of the history. */
export function reportAddress(id: string): string {
  return `/report.html?${new URLSearchParams({ id })}`;
}

/** Address of the report page for a row of an open batch page. */
export function batchReportAddress(page: string, row: number): string {
  return `/report.html?${new URLSearchParams({ batch: page, row: String(row) })}`;
}
