import {
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isScalarType,
  Kind,
  parse,
  typeFromAST,
} from 'graphql';
import { useState } from 'preact/hooks';
import { Side } from './Side.tsx';
import { personOf, type Store, useStore } from './store.ts';

type Values = Readonly<Record<string, unknown>>;

/** Changes what somebody may do, by the API's own mutation and with the rights of who is signed in; open answers follow. */
export function RightsPanel({ store }: { readonly store: Store }) {
  const state = useStore(store);
  const { rights } = store.setup;
  const [whom, setWhom] = useState(() => firstOf(store));
  const [by, setBy] = useState(() => adminOf(store));
  const [changed, setChanged] = useState<Values>({});
  const [outcome, setOutcome] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [known, setKnown] = useState<Readonly<Record<string, Values>>>({});
  if (!rights) return null;
  const { key, people, mutation } = rights;
  const values: Values = { ...people[whom], ...known[whom], ...changed };
  const fields = inputFields(store.schema, mutation).filter(({ name }) => name !== key);

  async function change(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      const input = { [key]: people[whom]?.[key], ...changed };
      const { body } = await store.send(by, { query: mutation, variables: { input } });
      const [error] = body.errors ?? [];
      if (error) {
        setOutcome(`Refused: ${error.message} (${error.extensions.code})`);
        return;
      }
      setKnown({ ...known, [whom]: { ...known[whom], ...changed } });
      setChanged({});
      setOutcome(`Changed. Open answers were asked anew at ${new Date().toLocaleTimeString()}.`);
      await store.refresh();
    } catch (error) {
      setOutcome(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Side title="Change a right" about="rights" onClose={() => store.set({ panel: undefined })}>
      {state.people.length === 0 ? (
        <p>Sign in first as somebody who may change what others may do.</p>
      ) : (
        <form class="rights" onSubmit={(event) => void change(event)}>
          <label>
            Whose
            <select
              value={whom}
              onChange={({ currentTarget: { value } }) => {
                setWhom(value);
                setChanged({});
                setOutcome(undefined);
              }}
            >
              {Object.keys(people).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          {fields.map((field) => (
            <Input
              key={field.name}
              field={field}
              value={values[field.name]}
              onChange={(value) => setChanged({ ...changed, [field.name]: value })}
            />
          ))}
          <label>
            Changed by
            <select value={by} onChange={({ currentTarget: { value } }) => setBy(value)}>
              {state.people.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <button type="submit" class="main" disabled={isBusy || Object.keys(changed).length === 0}>
            {isBusy ? 'Changing…' : 'Change'}
          </button>
          {outcome !== undefined && <p role="status">{outcome}</p>}
          <p class="soft">
            By the mutation <code>{mutationField(mutation)}</code> of the API itself: its rules decide whether {by} may.
            Shown is what {whom} may do to begin with, and what was changed here.
          </p>
        </form>
      )}
    </Side>
  );
}

function firstOf({ setup: { rights }, state: { person } }: Store): string {
  const names = Object.keys(rights?.people ?? {});
  return names.find((name) => name === person) ?? names[0] ?? '';
}

/** Somebody else than who is looked at, where there is one. */
function adminOf({ state }: Store): string {
  const other = state.people.find(({ name }) => name !== state.person);
  return (other ?? personOf(state, state.person))?.name ?? '';
}

/** The members of the mutation's `$input`. */
function inputFields(schema: GraphQLSchema, mutation: string): readonly GraphQLInputField[] {
  const [definition] = parse(mutation).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return [];
  const [variable] = definition.variableDefinitions ?? [];
  const type = variable && getNamedType(typeFromAST(schema, variable.type as Parameters<typeof typeFromAST>[1]));
  return type && isInputObjectType(type) ? Object.values(type.getFields()) : [];
}

function mutationField(mutation: string): string {
  const [definition] = parse(mutation).definitions;
  const selection = definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections[0] : undefined;
  return selection?.kind === Kind.FIELD ? selection.name.value : '';
}

interface InputProps {
  readonly field: GraphQLInputField;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function Input({ field: { name, type }, value, onChange }: InputProps) {
  const named = getNamedType(type);
  const isList = isListType(getNullableType(type));
  if (isEnumType(named) && isList) {
    const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
    return (
      <fieldset>
        <legend>{name}</legend>
        {named.getValues().map((option) => (
          <label key={option.name} class="check">
            <input
              type="checkbox"
              checked={chosen.includes(option.name)}
              onChange={({ currentTarget: { checked } }) =>
                onChange(checked ? [...chosen, option.name] : chosen.filter((one) => one !== option.name))
              }
            />
            {option.name}
          </label>
        ))}
      </fieldset>
    );
  }
  if (isEnumType(named)) {
    return (
      <label>
        {name}
        <select value={String(value ?? '')} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          {named.getValues().map((option) => (
            <option key={option.name}>{option.name}</option>
          ))}
        </select>
      </label>
    );
  }
  const isNumber = typeof value === 'number' || ['Int', 'Float'].includes(named.name);
  if (isScalarType(named) && named.name === 'Boolean') {
    return (
      <label class="check">
        <input
          type="checkbox"
          checked={value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
        {name}
      </label>
    );
  }
  const shown = String(value ?? '');
  if (isNumber) {
    return (
      <label>
        {name}
        <input type="number" value={shown} onInput={({ currentTarget }) => onChange(Number(currentTarget.value))} />
      </label>
    );
  }
  return (
    <label>
      {name}
      <input type="text" value={shown} onInput={({ currentTarget }) => onChange(currentTarget.value)} />
    </label>
  );
}
