import type { ReactNode } from 'react';
import { isJsonObject, type Json, type JsonObject } from '../../../base/json.js';
import { own } from '../../../base/own-properties.js';
import { formatBytes } from '../../../base/quantities.js';
import { coldStartText, splitText } from '../../../data/split-texts.js';
import { DigestMark, plainText, RoleMark } from './marks.js';
import { figureText, Table } from './table.js';

/** What `data.fingerprint` found of the data; nothing where no step was asked. */
export function DataSection({
  fingerprints,
}: {
  readonly fingerprints: { readonly [node: string]: Json };
}): ReactNode {
  const found = Object.entries(fingerprints).filter((one): one is [string, JsonObject] =>
    isJsonObject(one[1]),
  );
  if (found.length === 0) return null;
  return (
    <section aria-labelledby="data">
      <h2 id="data">Data</h2>
      {found.map(([node, fingerprint]) => (
        <Fingerprint key={node} node={node} fingerprint={fingerprint} />
      ))}
    </section>
  );
}

function Fingerprint({
  node,
  fingerprint,
}: {
  readonly node: string;
  readonly fingerprint: JsonObject;
}): ReactNode {
  const users = objectAt(fingerprint, 'users');
  const order = objectAt(fingerprint, 'order');
  const splits = [...new Set([...Object.keys(objectAt(users, 'splits')), ...Object.keys(order)])];
  const files = Object.entries(objectAt(fingerprint, 'files'));
  const divided = splitText(fingerprint);
  return (
    <>
      <h3>{plainText(node)}</h3>
      {splits.length === 0 ? null : (
        <>
          <Table
            label={`Splits of ${plainText(node)}`}
            columns={[
              { title: 'split' },
              { title: 'users', isNumber: true },
              { title: 'with episodes', isNumber: true },
              { title: 'episodes', isNumber: true },
              { title: 'support after query', isNumber: true },
              { title: 'tied at the boundary', isNumber: true },
            ]}
            rows={splits.map((split) => {
              const counts = objectAt(objectAt(users, 'splits'), split);
              const found = objectAt(order, split);
              return [
                <RoleMark key="role" role={split} />,
                figureText(counts['users']),
                figureText(counts['users_with_episodes']),
                figureText(found['episodes']),
                figureText(found['support_after_query']),
                figureText(found['tied_boundaries']),
              ];
            })}
          />
          <ColdStart found={objectAt(fingerprint, 'cold_start')} />
          {divided === undefined ? null : <p>{divided}</p>}
        </>
      )}
      <Table
        label={`Files of ${plainText(node)}`}
        columns={[
          { title: 'file' },
          { title: 'rows', isNumber: true },
          { title: 'size', isNumber: true },
          { title: 'sha256' },
        ]}
        rows={files.map(([name, file]) => {
          const facts = isJsonObject(file) ? file : {};
          const rows = facts['rows'] ?? facts['names'];
          return [
            plainText(name),
            figureText(rows),
            typeof facts['bytes'] === 'number' ? formatBytes(facts['bytes']) : '',
            typeof facts['sha256'] === 'string' ? <DigestMark key="digest" digest={facts['sha256']} /> : null,
          ];
        })}
      />
      {files.map(([name, file]) => (
        <Columns key={name} name={name} columns={objectAt(isJsonObject(file) ? file : {}, 'columns')} />
      ))}
    </>
  );
}

/** What is asked for on val and test: shares of the labels of their query pairs. */
function ColdStart({ found }: { readonly found: JsonObject }): ReactNode {
  return Object.keys(found).map((split) => (
    <p key={split}>
      <RoleMark role={split} /> {coldStartText(objectAt(found, split))}
    </p>
  ));
}

function Columns({ name, columns }: { readonly name: string; readonly columns: JsonObject }): ReactNode {
  const rows = Object.entries(columns);
  if (rows.length === 0) return null;
  return (
    <details className="plain">
      <summary>Columns of {plainText(name)}</summary>
      <Table
        label={`Columns of ${plainText(name)}`}
        columns={[
          { title: 'column' },
          { title: 'type' },
          { title: 'nulls', isNumber: true },
          { title: 'distinct', isNumber: true },
          { title: 'least' },
          { title: 'greatest' },
        ]}
        rows={rows.map(([column, facts]) => {
          const found = isJsonObject(facts) ? facts : {};
          return [
            plainText(column),
            plainText(String(found['type'] ?? '')),
            figureText(found['nulls']),
            figureText(found['distinct']),
            plainText(String(found['min'] ?? '')),
            plainText(String(found['max'] ?? '')),
          ];
        })}
      />
    </details>
  );
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = own(object, name);
  return isJsonObject(value) ? value : {};
}
