import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  WidgetType,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { graphql } from 'cm6-graphql';
import type { GraphQLSchema } from 'graphql';
import { useEffect, useRef } from 'preact/hooks';
import { type Mark, type MarkedField, signs } from './marks.ts';

interface EditorProps {
  readonly schema: GraphQLSchema;
  readonly text: string;
  readonly fields: readonly MarkedField[];
  readonly selectedPath: string | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly onSelect: (field: MarkedField) => void;
}

/** The query, with a mark behind each field that says how it stands. Tab leaves it, so that the keyboard gets on. */
export function Editor(props: EditorProps) {
  const { schema, text, fields, selectedPath } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!place.current) return;
    const created = createView(place.current, { schema, text, latest: () => latest.current });
    view.current = created;
    return () => created.destroy();
  }, [schema]);

  useEffect(() => {
    const now = view.current;
    if (!now || now.state.doc.toString() === text) return;
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of({ fields, selectedPath }) });
  }, [fields, selectedPath]);

  return <div class="editor" ref={place} />;
}

interface Marks {
  readonly fields: readonly MarkedField[];
  readonly selectedPath: string | undefined;
}

const setMarks = StateEffect.define<Marks>();

function createView(
  parent: HTMLElement,
  {
    schema,
    text,
    latest,
  }: { readonly schema: GraphQLSchema; readonly text: string; readonly latest: () => EditorProps },
): EditorView {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';
  const marks = StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(before, transaction) {
      const [effect] = transaction.effects.filter((one) => one.is(setMarks));
      return effect ? decorate(effect.value, transaction.state.doc.length, latest) : before.map(transaction.changes);
    },
    provide: (field) => EditorView.decorations.from(field),
  });
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        keymap.of([
          { key: 'Mod-Enter', run: () => runFrom(latest()) },
          { key: 'Alt-Enter', run: (view) => selectAt(view.state.selection.main.head, latest()) },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...lintKeymap,
          ...defaultKeymap,
        ]),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        highlightActiveLine(),
        EditorView.lineWrapping,
        syntaxHighlighting(highlight),
        graphql(schema, { onShowInDocs: () => {} }),
        marks,
        EditorView.contentAttributes.of({ 'aria-label': 'Query' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest().onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}

function runFrom({ onRun }: EditorProps): true {
  onRun();
  return true;
}

/** The field that the cursor stands in or behind: the last one that begins before it, on its line or above. */
function selectAt(position: number, { fields, onSelect }: EditorProps): boolean {
  const field = fields.filter(({ from }) => from <= position).at(-1);
  if (!field) return false;
  onSelect(field);
  return true;
}

function decorate({ fields, selectedPath }: Marks, length: number, latest: () => EditorProps): DecorationSet {
  const shown = fields.flatMap((field) => {
    const { mark, to, from, path } = field;
    if (!mark || to > length) return [];
    const widget = new MarkWidget(mark, field, path === selectedPath, () => latest().onSelect(field));
    return [
      Decoration.mark({ class: `field ${mark.kind}${path === selectedPath ? ' selected' : ''}` }).range(from, to),
      Decoration.widget({ widget, side: 1 }).range(to),
    ];
  });
  return Decoration.set(shown, true);
}

class MarkWidget extends WidgetType {
  readonly mark: Mark;
  readonly field: MarkedField;
  readonly isSelected: boolean;
  readonly onClick: () => void;

  constructor(mark: Mark, field: MarkedField, isSelected: boolean, onClick: () => void) {
    super();
    this.mark = mark;
    this.field = field;
    this.isSelected = isSelected;
    this.onClick = onClick;
  }

  override eq({ mark, field, isSelected }: MarkWidget): boolean {
    return mark.words === this.mark.words && field.path === this.field.path && isSelected === this.isSelected;
  }

  override toDOM(): HTMLElement {
    const button = document.createElement('button');
    const { kind, words } = this.mark;
    button.type = 'button';
    button.className = `mark ${kind}${this.isSelected ? ' selected' : ''}`;
    // The list of fields has the same for the keyboard; this one is within what is edited.
    button.tabIndex = -1;
    button.setAttribute('aria-label', `${this.field.coordinate}: ${words}`);
    button.title = `${this.field.coordinate}: ${words}. Click: why?`;
    button.textContent = `${signs[kind]} ${words}`;
    button.addEventListener('mousedown', (event) => event.preventDefault());
    button.addEventListener('click', this.onClick);
    return button;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword, tags.atom], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.integer, tags.float], color: 'var(--code-number)' },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--code-name)' },
  { tag: [tags.comment], color: 'var(--soft)', fontStyle: 'italic' },
  { tag: [tags.variableName, tags.special(tags.name)], color: 'var(--code-variable)' },
  { tag: [tags.typeName, tags.className], color: 'var(--code-type)' },
  { tag: [tags.punctuation, tags.brace, tags.bracket], color: 'var(--soft)' },
]);
