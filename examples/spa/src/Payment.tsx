import { useMutation } from '@apollo/client/react';
import { type Absence, readRefusals } from 'claimgraph-client';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { graphql } from './generated/index.ts';

const payMutation = graphql(`
  mutation Pay($input: CreateTransactionInput!) {
    createTransaction(input: $input) {
      transaction {
        id
        amountUsd
      }
    }
  }
`);

const words: Readonly<Record<Absence, string>> = {
  none: 'There is no such company.',
  mayNot: 'You may not pay into this company.',
  signIn: 'Sign in first.',
  signInAgain: 'So much needs a new sign-in, and there was none.',
  tryAgain: 'That could not be done now. Try again.',
  failed: 'That was not accepted.',
};

interface PaymentProps {
  readonly companyId: string;
  readonly investorId: string;
  /** The name of the company. */
  readonly of: string;
}

/** Above 100,000 USD the token manager opens the user pool's pages in a popup, and sends the payment again afterwards. */
export function Payment({ companyId, investorId, of }: PaymentProps): ReactNode {
  const [pay, { loading }] = useMutation(payMutation, { refetchQueries: ['Companies'] });
  const [message, setMessage] = useState('');
  // The same for as long as it is not known to have been entered: who sends it twice has paid once.
  const idempotencyKey = useRef(crypto.randomUUID());

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const amountUsd = Number(new FormData(event.currentTarget).get('amount'));
    const input = { companyId, investorId, amountUsd, idempotencyKey: idempotencyKey.current };
    const result = await pay({ variables: { input } }).catch((error: unknown) => ({ data: undefined, error }));
    const paid = result.data?.createTransaction?.transaction;
    if (paid) idempotencyKey.current = crypto.randomUUID();
    setMessage(paid ? `Paid ${paid.amountUsd.toLocaleString('en')} USD.` : explain(result));
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <label>
        <span className="hidden">Amount for {of}, USD</span>
        <input name="amount" type="number" min="1" step="1" defaultValue="1000" required />
      </label>
      <button type="submit" disabled={loading}>
        Pay
      </button>
      <output>{message}</output>
    </form>
  );
}

function explain(result: unknown): string {
  const refusals = readRefusals(result);
  const error = refusals.at('createTransaction');
  // The API says it to people, with the limit.
  if (error?.code === 'LIMIT_EXCEEDED') return error.message;
  return words[refusals.why('createTransaction')];
}
