// matrix-js-sdk, the library under Element, with its own cryptography: one account, driven by lines of JSON.
// stdin: {"id", "do", ...}; stdout: {"id", "answer"} or {"id", "error"}, and {"news": true} when anything changed.
import "./quiet.js";
import readline from "node:readline";
import { ClientEvent, MatrixEventEvent, RoomEvent, RoomMemberEvent, createClient } from "matrix-js-sdk";
import { OnlySignedDevicesIsolationMode } from "matrix-js-sdk/lib/crypto-api/index.js";

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const news = () => tell({ news: true });
let client;

// What a person sees of a message: edits applied, reactions by key, and what a client of today warns of.
async function shown(room, event) {
    const under = room.relations.getChildEventsForEvent(event.getId(), "m.annotation", "m.reaction");
    const reactions = Object.fromEntries(
        (under?.getSortedAnnotationsByKey() ?? []).map(([key, taps]) => [key, [...taps].map((tap) => tap.getSender())]),
    );
    const trust = event.isEncrypted() ? await client.getCrypto().getEncryptionInfoForEvent(event) : null;
    return {
        event_id: event.getId(),
        sender: event.getSender(),
        kind: event.getContent().msgtype ?? "",
        body: event.getContent().body ?? "",
        html: event.getContent().formatted_body ?? "",
        thread: event.threadRootId ?? null,
        edited: event.replacingEvent() !== null,
        redacted: event.isRedacted(),
        encrypted: event.isEncrypted(),
        unreadable: event.decryptionFailureReason ?? "",
        // 0: no warning. The reason stands in shieldReason of crypto-api.
        shield: trust?.shieldColour ?? 0,
        shield_reason: trust?.shieldReason ?? null,
        highlight: client.getPushActionsForEvent(event)?.tweaks?.highlight ?? false,
        reactions,
    };
}

const verbs = {
    // Signs in, signs its own device, and follows. `strict`: as Element of today, trusts signed devices only.
    async start({ url, user, token, device, password, strict }) {
        client = createClient({ baseUrl: url, userId: user, accessToken: token, deviceId: device });
        client.on(RoomMemberEvent.Membership, (event, member) => {
            if (member.userId === user && member.membership === "invite") client.joinRoom(member.roomId).catch(news);
        });
        for (const kind of [RoomEvent.Timeline, RoomEvent.MyMembership, RoomEvent.Redaction]) client.on(kind, news);
        for (const kind of [MatrixEventEvent.Decrypted, MatrixEventEvent.Replaced, ClientEvent.Room]) client.on(kind, news);
        await client.initRustCrypto({ useIndexedDB: false });
        const identifier = { type: "m.id.user", user };
        await client.getCrypto().bootstrapCrossSigning({
            authUploadDeviceSigningKeys: (upload) => upload({ type: "m.login.password", identifier, password }),
        });
        if (strict) client.getCrypto().setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
        await client.startClient({ initialSyncLimit: 100, threadSupport: false });
        await new Promise((resolve) => client.once(ClientEvent.Sync, resolve));
    },
    // The devices that this client knows of somebody, and whether their owner has signed them.
    async devices({ user, ask }) {
        const known = (await client.getCrypto().getUserDeviceInfo([user], ask)).get(user) ?? new Map();
        const status = async (device) => client.getCrypto().getDeviceVerificationStatus(user, device);
        const told = [...known.keys()].map(async (device) => [device, (await status(device))?.signedByOwner ?? false]);
        return Object.fromEntries(await Promise.all(told));
    },
    async rooms() {
        return client.getRooms().map((room) => ({
            room_id: room.roomId,
            name: room.name,
            membership: room.getMyMembership(),
            encrypted: room.hasEncryptionStateEvent(),
            members: room.getJoinedMembers().map((member) => member.userId),
            invited: room.getMembersWithMembership("invite").map((member) => member.userId),
        }));
    },
    async messages({ room: id }) {
        const room = client.getRoom(id);
        const events = room.getLiveTimeline().getEvents();
        // A message that overtook the news of its sender's device is read when it is looked at again, as after
        // opening the app anew: the SDK itself leaves it for good.
        const early = events.filter((event) => event.decryptionFailureReason === "UNKNOWN_SENDER_DEVICE");
        await Promise.all(early.map((event) => event.attemptDecryption(client.getCrypto(), { isRetry: true })));
        const kinds = ["m.room.message", "m.room.encrypted"];
        const messages = events.filter((event) => kinds.includes(event.getType()) && !event.isRelation("m.replace"));
        return Promise.all(messages.map((event) => shown(room, event)));
    },
    async create({ invite, encrypted, direct, name }) {
        const content = { algorithm: "m.megolm.v1.aes-sha2" };
        const initial_state = encrypted ? [{ type: "m.room.encryption", state_key: "", content }] : [];
        const preset = direct ? "trusted_private_chat" : "private_chat";
        return (await client.createRoom({ invite, is_direct: direct, preset, initial_state, ...(name && { name }) })).room_id;
    },
    async say({ room, text }) {
        return (await client.sendTextMessage(room, text)).event_id;
    },
    async reply({ room, event, text }) {
        const relation = { "m.in_reply_to": { event_id: event } };
        return (await client.sendMessage(room, { msgtype: "m.text", body: text, "m.relates_to": relation })).event_id;
    },
    async react({ room, event, key }) {
        const relation = { rel_type: "m.annotation", event_id: event, key };
        return (await client.sendEvent(room, "m.reaction", { "m.relates_to": relation })).event_id;
    },
    async redact({ room, event }) {
        return (await client.redactEvent(room, event)).event_id;
    },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
    const { id, do: verb, ...details } = JSON.parse(line);
    verbs[verb](details).then(
        (answer) => tell({ id, answer: answer ?? null }),
        (error) => tell({ id, error: String(error?.message ?? error) }),
    );
}
process.exit(0);
