import { sql } from 'kysely';
import type { AuditEventRow, Page, PageRequest } from '../rows.ts';
import { toAuditEventRow } from '../toRow.ts';
import { toCursorError } from './cursor.ts';
import { parsePageRequest } from './pageRequest.ts';
import { countOf, notCounted, toPage } from './toPage.ts';
import type { VisibleRows } from './visibleRows.ts';

/** Newest first; of events at the same time, the one with the largest id. */
export async function fetchAuditEventsPage(visible: VisibleRows, request: PageRequest): Promise<Page<AuditEventRow>> {
  const page = parsePageRequest('auditEvents', request);
  let events = visible.auditEvents();
  if (page.cursor) {
    const start = visible.auditEvents().where('audit_events.id', '=', page.cursor.rowId);
    const [row] = await start.select('audit_events.id').execute();
    if (!row) throw toCursorError(page.cursor);
    // Compared within SQL: a Date would lose the microseconds.
    const position = start.select(['audit_events.occurred_at', 'audit_events.id']);
    events = events.where(sql<boolean>`(audit_events.occurred_at, audit_events.id) < (${position})`);
  }
  const total = page.isCounted ? countOf(visible.auditEvents()) : notCounted;
  const rows = await events
    .selectAll('audit_events')
    .select(total.as('total_count'))
    .orderBy('audit_events.occurred_at', 'desc')
    .orderBy('audit_events.id', 'desc')
    .limit(page.first + 1)
    .execute();
  return toPage('auditEvents', page, rows.map(toAuditEventRow), rows[0]?.total_count);
}

export async function countAuditEvents(visible: VisibleRows): Promise<number> {
  const [counted] = await visible
    .auditEvents()
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .execute();
  return counted?.count ?? 0;
}
