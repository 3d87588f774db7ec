import { expect, test } from "bun:test";
import { serverOptionsFromEnvironment } from "../../../server/pva/index.ts";

test("without variables a server listens everywhere, at the customary ports, and sends beacons", () => {
  expect(serverOptionsFromEnvironment({})).toEqual({
    host: "0.0.0.0",
    port: 5075,
    searchPort: 5076,
    beaconAddressList: [],
    autoBeaconAddressList: true,
  });
});

test("a server's own variables win over the client's", () => {
  const client = {
    EPICS_PVA_SERVER_PORT: "6075",
    EPICS_PVA_BROADCAST_PORT: "6076",
    EPICS_PVA_ADDR_LIST: "10.0.0.255 10.0.1.7:99",
    EPICS_PVA_AUTO_ADDR_LIST: "NO",
  };
  expect(serverOptionsFromEnvironment(client)).toEqual({
    host: "0.0.0.0",
    port: 6075,
    searchPort: 6076,
    beaconAddressList: [
      { host: "10.0.0.255", port: 6076 },
      { host: "10.0.1.7", port: 99 },
    ],
    autoBeaconAddressList: false,
  });
  const server = {
    EPICS_PVAS_INTF_ADDR_LIST: " 10.0.0.1 ",
    EPICS_PVAS_SERVER_PORT: "7075",
    EPICS_PVAS_BROADCAST_PORT: "7076",
    EPICS_PVAS_BEACON_ADDR_LIST: "10.9.0.255",
    EPICS_PVAS_AUTO_BEACON_ADDR_LIST: "YES",
  };
  expect(serverOptionsFromEnvironment({ ...client, ...server })).toEqual({
    host: "10.0.0.1",
    port: 7075,
    searchPort: 7076,
    beaconAddressList: [{ host: "10.9.0.255", port: 7076 }],
    autoBeaconAddressList: true,
  });
});

test.each([
  ["EPICS_PVAS_SERVER_PORT", "many"],
  ["EPICS_PVAS_BROADCAST_PORT", "70000"],
  ["EPICS_PVAS_BEACON_ADDR_LIST", "a:b:c"],
  ["EPICS_PVAS_INTF_ADDR_LIST", "10.0.0.1 10.0.0.2"],
])("%s cannot be %s, and says so", (name, value) => {
  expect(() => serverOptionsFromEnvironment({ [name]: value })).toThrow(
    expect.objectContaining({ code: "bad-setting", message: expect.stringContaining(name) as string }),
  );
});
