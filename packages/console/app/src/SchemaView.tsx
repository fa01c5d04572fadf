import {
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { useEffect, useState } from 'preact/hooks';
import type { MatrixAnswer } from '../../src/wire.ts';
import { ask } from './api.ts';
import { AccessBadge } from './Badge.tsx';
import { type Store, useStore } from './store.ts';

/** The types of the API, and each field's rule in words. */
export function SchemaView({ store }: { readonly store: Store }) {
  const { type: opened, person, caller } = useStore(store);
  const [matrix, setMatrix] = useState<MatrixAnswer>();
  const [search, setSearch] = useState('');

  useEffect(() => {
    ask('matrix', {}).then(setMatrix, (error: unknown) => store.set({ problem: String(error) }));
  }, [store]);

  const roots = [store.schema.getQueryType(), store.schema.getMutationType(), store.schema.getSubscriptionType()];
  const rootNames = roots.flatMap((one) => (one ? [one.name] : []));
  const names = Object.keys(store.schema.getTypeMap()).filter((name) => !name.startsWith('__'));
  const wanted = search.toLowerCase();
  const listed = [...rootNames, ...names.filter((name) => !rootNames.includes(name)).sort()].filter((name) => {
    const type = store.schema.getType(name);
    const fields = isObjectType(type) ? Object.keys(type.getFields()) : [];
    return [name, ...fields].some((word) => word.toLowerCase().includes(wanted));
  });
  const type = store.schema.getType(opened ?? rootNames[0] ?? '');
  const persona = person === undefined ? 'anonymous' : (caller?.persona ?? person);

  return (
    <div class="schema-view">
      <nav class="types" aria-label="Types">
        <label>
          Search <input type="search" value={search} onInput={({ currentTarget: { value } }) => setSearch(value)} />
        </label>
        <ul>
          {listed.map((name) => (
            <li key={name}>
              <button
                type="button"
                aria-current={type?.name === name ? 'true' : undefined}
                onClick={() => store.set({ type: name })}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {type && (
        <section class="type" aria-label={type.name}>
          <h2>
            {kindOf(type)} {type.name}
          </h2>
          {type.description && <p class="soft">{type.description}</p>}
          {(isObjectType(type) || isInterfaceType(type)) && (
            <ul class="type-fields">
              {Object.values(type.getFields()).map((field) => (
                <FieldItem
                  key={field.name}
                  store={store}
                  type={type}
                  field={field}
                  rule={matrix?.fields.find(({ coordinate }) => coordinate === `${type.name}.${field.name}`)}
                  persona={persona}
                />
              ))}
            </ul>
          )}
          {isEnumType(type) && (
            <ul class="type-fields">
              {type.getValues().map(({ name, description }) => (
                <li key={name}>
                  <code>{name}</code> <span class="soft">{description}</span>
                </li>
              ))}
            </ul>
          )}
          {isInputObjectType(type) && (
            <ul class="type-fields">
              {Object.values(type.getFields()).map((field) => (
                <li key={field.name}>
                  <code>
                    {field.name}:{' '}
                    <TypeLink store={store} type={String(field.type)} name={getNamedType(field.type).name} />
                  </code>{' '}
                  <span class="soft">{field.description}</span>
                </li>
              ))}
            </ul>
          )}
          {isUnionType(type) && (
            <ul class="type-fields">
              {type.getTypes().map(({ name }) => (
                <li key={name}>
                  <TypeLink store={store} type={name} name={name} />
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
    </div>
  );
}

interface FieldItemProps {
  readonly store: Store;
  readonly type: GraphQLNamedType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly rule: MatrixAnswer['fields'][number] | undefined;
  readonly persona: string;
}

function FieldItem({ store, type, field: { name, args, type: gives, description }, rule, persona }: FieldItemProps) {
  const access = rule?.access[persona];
  const signature = args.map((arg) => `${arg.name}: ${arg.type}`).join(', ');
  return (
    <li>
      <div class="field-head">
        {rule ? (
          <button type="button" onClick={() => store.select({ coordinate: `${type.name}.${name}` })}>
            <code>{name}</code>
          </button>
        ) : (
          <code>{name}</code>
        )}
        <code class="soft">
          {signature && `(${signature})`}:{' '}
          <TypeLink store={store} type={String(gives)} name={getNamedType(gives).name} />
        </code>
        {access !== undefined && <AccessBadge access={access} />}
      </div>
      {rule && <p class="rule-words">{rule.rule}</p>}
      {description && <p class="soft">{description}</p>}
    </li>
  );
}

function TypeLink({ store, type, name }: { readonly store: Store; readonly type: string; readonly name: string }) {
  return (
    <button type="button" class="type-link" onClick={() => store.set({ type: name })}>
      {type}
    </button>
  );
}

function kindOf(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'type';
  if (isInterfaceType(type)) return 'interface';
  if (isEnumType(type)) return 'enum';
  if (isInputObjectType(type)) return 'input';
  return isUnionType(type) ? 'union' : 'scalar';
}
