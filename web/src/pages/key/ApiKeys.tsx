import { Alert, Button, Flex, Modal, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";

/** The caller's API keys: what their programs sign in with. */
export default function ApiKeys() {
  const t = useText();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ label: string; key: string }>();
  return (
    <>
      <FilePage
        trail={[{ title: t.key.title }]}
        title={t.key.title}
        lead={t.key.lead}
        acts={
          <Button type="primary" onClick={() => setMaking(true)}>
            {t.key.make}
          </Button>
        }
        tabs={[
          {
            key: "keys",
            label: t.key.title,
            content: (
              <ResourceTable
                id="api-keys"
                endpoint="/v1/me/keys"
                rowKey="id"
                empty={{ title: t.key.none, hint: t.key.noneHint }}
                columns={[
                  { key: "label", title: t.key.label },
                  { key: "id", title: t.key.id, width: 190, render: (k) => <Typography.Text code>{k.id}</Typography.Text> },
                  { key: "opened", title: t.key.opened, width: 170, render: (k) => minute(k.opened) },
                  { key: "until", title: t.key.until, width: 170, render: (k) => minute(k.until) },
                  {
                    key: "acts",
                    title: t.key.acts,
                    width: 110,
                    render: (k) => (
                      <ActButton
                        size="small"
                        state={{ act: "party.token.close", allowed: true }}
                        label={t.key.close}
                        confirmName={k.label}
                        run={() => post("/v1/me/keys/{id}/close", { path: { id: k.id } })}
                      />
                    ),
                  },
                ]}
              />
            ),
          },
        ]}
      />
      {making && (
        <FormModal<{ label: string; days: number }>
          title={t.key.make}
          fields={[
            { name: "label", label: t.key.label, need: true, max: 60, extra: t.key.labelHint },
            { name: "days", label: t.key.days, kind: "number", need: true, initial: 90, extra: t.key.daysHint },
          ]}
          run={async ({ label, days }) => setMade({ label, key: (await post("/v1/me/keys", {}, { label, days })).key })}
          close={() => setMaking(false)}
        />
      )}
      {made && (
        <Modal open title={made.label} onCancel={() => setMade(undefined)} mask={{ closable: false }} footer={<Button type="primary" onClick={() => setMade(undefined)}>{t.key.kept}</Button>}>
          <Flex vertical gap={16}>
            <Alert type="warning" showIcon message={t.lab.wireOnce} />
            <Typography.Text code copyable>
              {made.key}
            </Typography.Text>
          </Flex>
        </Modal>
      )}
    </>
  );
}
