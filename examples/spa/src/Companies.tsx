import { useQuery } from '@apollo/client/react';
import type { ReactNode } from 'react';
import { Absent } from './Absent.tsx';
import { graphql } from './generated/index.ts';
import { Payment } from './Payment.tsx';
import { useRefusals } from './useRefusals.ts';

const companiesQuery = graphql(`
  query Companies {
    companies {
      totalCount
      nodes {
        id
        name
        region
        targetUsd
        internalRating
        transactions(first: 1) {
          totalCount
          nodes {
            id
            investor {
              id
            }
          }
        }
      }
    }
  }
`);

/** What the person may see. A rating that is refused is shown as refused; a company outside their rows is not there. */
export function Companies(): ReactNode {
  const result = useQuery(companiesQuery, { fetchPolicy: 'cache-and-network' });
  const refusals = useRefusals(result);
  if (result.loading && !result.data) return <p>Loading…</p>;
  const nodes = result.data?.companies?.nodes;
  if (!nodes) return <p>Companies: {<Absent why={refusals?.why('companies', 'nodes')} />}</p>;
  if (nodes.length === 0) return <p>There are no companies that you may see.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th>Company</th>
          <th>Region</th>
          <th className="number">Target, USD</th>
          <th>Rating</th>
          <th className="number">Transactions</th>
          <th>Payment</th>
        </tr>
      </thead>
      <tbody>
        {nodes.map((company, index) => {
          const refused = refusals?.under('companies', 'nodes', index);
          const investor = company.transactions?.nodes?.[0]?.investor;
          return (
            <tr key={company.id}>
              <th scope="row">{company.name}</th>
              <td>{company.region}</td>
              <td className="number">{company.targetUsd.toLocaleString('en')}</td>
              <td>{company.internalRating ?? <Absent why={refused?.why('internalRating')} />}</td>
              <td className="number">
                {company.transactions?.totalCount ?? <Absent why={refused?.why('transactions')} />}
              </td>
              <td>{investor && <Payment companyId={company.id} investorId={investor.id} of={company.name} />}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
