import { expect, test } from 'vitest';
import { createRevisionTracker } from '../../src/claims/revisionTracker.ts';
import { user } from './recordingSource.ts';

const ann = user('ann');
const ben = user('ben');

/** A follower, and what it did to the cache since it was asked last. */
function follow() {
  const done: string[] = [];
  const follower = createRevisionTracker({
    listeners: [{ invalidate: ({ subject }) => done.push(subject), invalidateAll: () => done.push('everything') }],
    onMissed: ({ expected, got }) => done.push(`gap ${expected}-${got}`),
  });
  return { ...follower, takeDone: () => done.splice(0) };
}

test('a change forgets whom it names, and one that names nobody forgets everything', () => {
  const { onChange, takeDone } = follow();
  onChange({ revision: 5, subjects: [ann, ben] });
  expect(takeDone()).toEqual(['ann', 'ben']);
  onChange({ revision: 6, subjects: 'all' });
  expect(takeDone()).toEqual(['everything']);
});

test('a revision that is not the next one tells of missed changes: everything is forgotten, once', () => {
  const { onChange, takeDone } = follow();
  onChange({ revision: 5, subjects: [ann] });
  onChange({ revision: 7, subjects: [ann] });
  onChange({ revision: 8, subjects: [ben] });
  expect(takeDone()).toEqual(['ann', 'gap 6-7', 'everything', 'ben']);
});

test('a revision that was before tells of another store, as after a restore: everything is forgotten', () => {
  const { onChange, takeDone } = follow();
  onChange({ revision: 5, subjects: [ann] });
  onChange({ revision: 3, subjects: [ann] });
  onChange({ revision: 4, subjects: [ben] });
  expect(takeDone()).toEqual(['ann', 'gap 6-3', 'everything', 'ben']);
});

test('what is forgotten is told by the revision of the change, where that says what is newer', () => {
  const told: string[] = [];
  const { onChange, onListening, onRevision, onUnreadable } = createRevisionTracker({
    listeners: [
      {
        invalidate: ({ subject }, revision) => told.push(`${subject} ${revision}`),
        invalidateAll: (revision) => told.push(`everything ${revision}`),
      },
    ],
    onMissed: () => {},
  });
  onListening();
  onChange({ revision: 5, subjects: [ann, ben] });
  onChange({ revision: 6, subjects: 'all' });
  onChange({ revision: 8, subjects: [ann] });
  // Another store: the revisions of the one before say nothing about it.
  onChange({ revision: 3, subjects: [ann] });
  onRevision(4);
  onRevision(4);
  onUnreadable();
  expect(told).toEqual([
    'everything missed',
    'ann 5',
    'ben 5',
    'everything 6',
    'everything 8',
    'everything undefined',
    'everything 4',
    'everything missed',
  ]);
});

test('what begins to listen, or reads what it does not understand, may have missed changes', () => {
  const { onChange, onListening, onUnreadable, takeDone } = follow();
  onListening();
  onChange({ revision: 5, subjects: [ann] });
  onListening();
  onChange({ revision: 9, subjects: [ben] });
  onUnreadable();
  onChange({ revision: 11, subjects: [ben] });
  expect(takeDone()).toEqual(['everything', 'ann', 'everything', 'ben', 'everything', 'ben']);
});

test('a revision that was read is not missed as long as its announcement may be on its way', () => {
  const { onChange, onRevision, takeDone } = follow();
  onRevision(4);
  onRevision(5);
  onChange({ revision: 5, subjects: [ann] });
  onRevision(5);
  onRevision(5);
  expect(takeDone()).toEqual(['ann']);
});

test('a revision whose announcement did not come until the next reading is missed', () => {
  const { onChange, onRevision, takeDone } = follow();
  onRevision(4);
  onRevision(6);
  onChange({ revision: 5, subjects: [ann] });
  expect(takeDone()).toEqual(['ann']);
  onRevision(6);
  expect(takeDone()).toEqual(['gap 5-6', 'everything']);
  onRevision(6);
  onChange({ revision: 7, subjects: [ben] });
  expect(takeDone()).toEqual(['ben']);
});

test('who stood still catches up with the revision that is read, once', () => {
  const { onChange, catchUp, takeDone } = follow();
  expect(catchUp(5)).toBe(true);
  expect(takeDone()).toEqual(['everything']);
  expect(catchUp(5)).toBe(false);
  onChange({ revision: 6, subjects: [ann] });
  expect(catchUp(6)).toBe(false);
  expect(takeDone()).toEqual(['ann']);
  expect(catchUp(9)).toBe(true);
  expect(takeDone()).toEqual(['everything']);
});
